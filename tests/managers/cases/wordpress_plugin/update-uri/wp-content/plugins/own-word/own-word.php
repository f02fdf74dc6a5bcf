<?php
/**
 * Plugin Name: Own Word
 * Version: 1.0
 * Update URI: our-shop-checkout
 */
