<?php
/**
 * Plugin Name: Bedrock Autoloader
 * Version: 1.0.4
 */
