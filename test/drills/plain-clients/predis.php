<?php
// Appends 1, 2, 3 ... to a list with Predis. Arguments: port, key. Prints a line for each, see program-clients.ts.
require 'Predis/Autoloader.php';
Predis\Autoloader::register();
error_reporting(E_ALL & ~E_DEPRECATED);

$client = new Predis\Client(['port' => (int) $argv[1]]);
for ($value = 1; ; $value++) {
    $began = microtime(true);
    try {
        $client->rpush($argv[2], [$value]);
        $problem = '';
    } catch (Predis\PredisException $error) {
        $problem = strtr(get_class($error) . ': ' . $error->getMessage(), "\n", ' ');
    }
    printf("%d %d %d %s\n", $value, $began * 1000, microtime(true) * 1000, $problem);
    usleep(10000);
}
