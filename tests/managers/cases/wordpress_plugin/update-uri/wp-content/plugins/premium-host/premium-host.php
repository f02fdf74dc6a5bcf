<?php
/**
 * Plugin Name: Premium Host
 * Version: 1.1
 * Update URI: vendor.example
 */
