<?php
/**
 * Plugin Name: Slider
 * Version: 1.0
 */
