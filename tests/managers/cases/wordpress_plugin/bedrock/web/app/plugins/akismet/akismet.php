<?php
/**
 * Plugin Name: Akismet Anti-spam: Spam Protection
 * Version: 5.3.1
 * Requires PHP: 5.6.20
 * Requires at least: 5.8
 */
