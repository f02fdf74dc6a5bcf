<?php
/**
 * Plugin Name: Bare
 */
