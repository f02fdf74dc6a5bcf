<?php
/**
 * Plugin Name: Short
 * Version: 1.3
 * Update URI: w.org/plugin/short
 */
