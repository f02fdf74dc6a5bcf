<?php
/**
 * Plugin Name: Renamed
 * Version: 1.2
 * Update URI: https://wordpress.org/plugins/real-slug/
 */
