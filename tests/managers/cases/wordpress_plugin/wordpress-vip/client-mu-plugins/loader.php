<?php
/**
 * Plugin Name: Loader
 * Version: 1
 * Update URI: false
 */
