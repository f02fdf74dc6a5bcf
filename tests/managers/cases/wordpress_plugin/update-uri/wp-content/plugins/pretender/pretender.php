<?php
/**
 * Plugin Name: Pretender
 * Version: 1.1
 * Update URI: https://wordpress.org.vendor.example/plugins/pretender/
 */
