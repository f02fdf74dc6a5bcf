<?php
/**
 * Plugin Name: Extra for WooCommerce
 * Version: 2.0.0-beta.1
 * Requires Plugins: WooCommerce, contact-form-7, ../evil, 
 * WC requires at least: 8.2
 * WC tested up to: 9.4
 */
