<?php
// Version: 1.0
