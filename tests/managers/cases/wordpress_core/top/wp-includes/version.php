<?php
/**
 * WordPress Version
 *
 * @global string $wp_version
 */
$wp_version = '6.4.5';

/** @global int $wp_db_version */
$wp_db_version = 56657;

$required_php_version = '7.0.0';
$required_mysql_version = '5.0';
