<?php
/**
 * Plugin Name: Inner
 * Version: 1.0
 */
