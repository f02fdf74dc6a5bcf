<?php
/**
 * Plugin Name: Too Deep
 * Version: 1.0
 */
