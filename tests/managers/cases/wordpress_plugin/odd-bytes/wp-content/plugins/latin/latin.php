<?php
/*
Plugin Name: Café ÿ
Version: 1.2.3 é
*/
