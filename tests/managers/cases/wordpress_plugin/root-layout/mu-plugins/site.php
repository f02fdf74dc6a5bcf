<?php
/**
 * Plugin Name: Site tweaks
 * Version: 3
 * Update URI: false
 */
