<?php
// The rule of https://developer.wordpress.org/reference/functions/get_file_data/ run by PHP's own engine:
// files in base64 come in as a JSON list, the values of the header go out in base64, null where there is none.
$answers = [];
foreach (json_decode(stream_get_contents(STDIN)) as $file) {
    $head = str_replace("\r", "\n", substr(base64_decode($file), 0, 8192));
    $value = preg_match('/^(?:[ \t]*<\?php)?[ \t\/*#@]*Version:(.*)$/mi', $head, $found)
        ? trim(preg_replace('/\s*(?:\*\/|\?>).*/', '', $found[1]))
        : '';
    $answers[] = $value === '' ? null : base64_encode($value);
}
echo json_encode($answers);
