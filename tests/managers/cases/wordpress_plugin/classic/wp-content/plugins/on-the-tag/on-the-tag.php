<?php // Plugin Name: On The Tag ?>
<?php // VERSION:	2025.1 ?> after
