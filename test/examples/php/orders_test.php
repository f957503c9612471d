<?php
// Orders in Redis outlive the master. Run: npx ts-sentinel harness run -- php orders_test.php
require 'Predis/Autoloader.php';
Predis\Autoloader::register();
error_reporting(E_ALL & ~E_DEPRECATED);
function connect(): Predis\Client
{
    $sentinels = array_map(fn ($address) => "tcp://$address?timeout=0.5", explode(',', getenv('SENTINELS')));
    return new Predis\Client($sentinels, ['replication' => 'sentinel', 'service' => getenv('REDIS_MASTER_NAME')]);
}

function place(string $order): void
{
    for ($deadline = microtime(true) + 30; ; usleep(100000)) {
        try {
            connect()->hset('orders', $order, 'placed');
            return;
        } catch (Predis\PredisException $error) {
            if (microtime(true) > $deadline) throw $error;
        }
    }
}

function harness(string $operation, array $arguments = []): array
{
    $header = 'Authorization: Bearer ' . getenv('HARNESS_TOKEN') . "\r\nContent-Type: application/json";
    $request = ['method' => 'POST', 'header' => $header, 'content' => json_encode((object) $arguments), 'ignore_errors' => true];
    $text = file_get_contents(getenv('HARNESS_URL') . "/$operation", false, stream_context_create(['http' => $request]));
    $answer = json_decode($text, true);
    return isset($answer['error']) ? throw new Exception($answer['error']['what']) : $answer;
}

place('before');
connect()->executeRaw(['WAIT', '1', '5000']); // a replica has it
$dead = harness('kill-master')['address'];
place('after');
if (harness('wait-settled', ['awayFrom' => $dead])['address'] === $dead) throw new Exception('the master was not replaced');
if (connect()->hkeys('orders') !== ['before', 'after']) throw new Exception('orders are missing');
echo "ok\n";
