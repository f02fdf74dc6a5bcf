<?php
/**
 * Plugin Name: Jetpack
 * Version: 13.9
 */
