<?php
/**
 * Plugin Name: Premium
 * Version: 6.2.7
 * Update URI: https://updates.vendor.example/premium
 */
