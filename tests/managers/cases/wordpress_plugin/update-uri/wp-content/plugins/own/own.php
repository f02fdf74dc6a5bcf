<?php
/**
 * Plugin Name: Own
 * Version: 1.0
 * Update URI: false
 */
