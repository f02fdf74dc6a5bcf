<?php
/**
 * Plugin Name: Built
 * Version: {{VERSION}}
 */
