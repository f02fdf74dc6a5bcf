<?php
/*
 * Plugin Name: Contact Form 7
 * Plugin URI: https://contactform7.example/
 * Version: 5.9.3
 * Requires at least: 6.2
 * Requires PHP: 7.4 or higher
 */
