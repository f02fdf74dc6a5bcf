<?php
/* Plugin Name: Suite database drop-in */
