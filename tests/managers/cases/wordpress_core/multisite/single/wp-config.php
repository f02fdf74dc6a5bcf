<?php
define('MULTISITE', false);
// define('MULTISITE', true);
define('WP_ALLOW_MULTISITE', true);
