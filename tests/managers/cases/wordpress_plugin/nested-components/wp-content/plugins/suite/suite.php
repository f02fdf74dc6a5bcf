<?php
/**
 * Plugin Name: Suite
 * Version: 4.0
 */
