<?php
/**
 * Plugin Name: Akismet
 * Version: 5.3
 */
