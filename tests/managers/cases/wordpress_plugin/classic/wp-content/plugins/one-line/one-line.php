<?php /* Plugin Name: One Line */ /* x */
# Version: 0.1 */ echo 'Version: 9';
