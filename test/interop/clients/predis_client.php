<?php
// Predis with its sentinel replication behind the questions of line-client.ts.
require 'Predis/Autoloader.php';
Predis\Autoloader::register();
error_reporting(E_ALL & ~E_DEPRECATED);

[$name, $sentinelPassword, $password] = array_slice($argv, 1, 3);
// Predis 1.1 takes a sentinel's password from a Parameters object only; out of a URL it drops it.
$sentinels = array_map(function ($address) use ($sentinelPassword) {
    [$host, $port] = explode(':', $address);
    $secret = $sentinelPassword === '' ? [] : ['password' => $sentinelPassword];
    return new Predis\Connection\Parameters(['host' => $host, 'port' => (int) $port, 'timeout' => 0.5] + $secret);
}, array_slice($argv, 4));

function client(array $sentinels, string $name, string $password): Predis\Client
{
    $parameters = $password === '' ? [] : ['password' => $password];
    return new Predis\Client($sentinels, ['replication' => 'sentinel', 'service' => $name, 'parameters' => $parameters]);
}

$client = client($sentinels, $name, $password);

function answer(array $words): string
{
    global $client, $sentinels, $name, $password;
    switch ($words[0]) {
        case 'master':
            return (string) client($sentinels, $name, $password)->getConnection()->getMaster();
        case 'replicas':
            $found = client($sentinels, $name, $password)->getConnection();
            $found->querySentinel();
            return implode(' ', array_map('strval', $found->getSlaves()));
        default:
            $client->set($words[1], $words[2]);
            return '';
    }
}

while (($line = fgets(STDIN)) !== false) {
    try {
        echo 'ok ' . answer(explode(' ', trim($line))) . "\n";
    } catch (Throwable $error) { // every error is an answer: the test looks at it
        echo 'failed ' . get_class($error) . ' ' . strtr($error->getMessage(), "\n", ' ') . "\n";
    }
}
