<?php
// $wp_version = '1.0';
/* $wp_version = '2.0'; */
$wp_version = "5.9.10";
