<?php
Config::define('MULTISITE', env('MULTISITE') ?? true);
