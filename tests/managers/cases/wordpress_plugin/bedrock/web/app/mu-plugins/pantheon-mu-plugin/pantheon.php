<?php
/**
 * Plugin Name: Pantheon
 * Version: 1.5.2
 */
