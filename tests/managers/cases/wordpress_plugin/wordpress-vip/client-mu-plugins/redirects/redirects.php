<?php
/**
 * Plugin Name: Redirects
 * Version: 1.4.0
 */
