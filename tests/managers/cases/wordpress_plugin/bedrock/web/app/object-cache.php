<?php
/**
 * Plugin Name: Redis Object Cache Drop-In
 * Version: 2.5.4
 */
