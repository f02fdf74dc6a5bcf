<?php
// Reads a JSON list of questions, answers with a JSON list: PHP's version_compare, and Debian's php-composer-semver.

use Composer\Semver\Comparator;
use Composer\Semver\Semver;
use Composer\Semver\VersionParser;

require '/usr/share/php/Composer/Semver/autoload.php';

$parser = new VersionParser();
$answers = [];
foreach (json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR) as [$verb, $a, $b]) {
    try {
        $answers[] = match ($verb) {
            'version_compare' => version_compare($a, $b),
            'satisfies' => Semver::satisfies($b, $a),
            'unstable' => VersionParser::parseStability($parser->normalize($a)) !== 'stable',
            'compare' => (function () use ($parser, $a, $b) {
                [$a, $b] = [$parser->normalize($a), $parser->normalize($b)];
                return Comparator::lessThan($a, $b) ? -1 : (Comparator::greaterThan($a, $b) ? 1 : 0);
            })(),
        };
    } catch (UnexpectedValueException $e) {
        $answers[] = 'invalid';
    }
}
echo json_encode($answers, JSON_THROW_ON_ERROR);
