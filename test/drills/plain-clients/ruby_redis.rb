# Appends 1, 2, 3 ... to a list with ruby-redis. Arguments: port, key. Prints a line for each, see program-clients.ts.
require 'redis'

client = Redis.new(port: ARGV[0].to_i)
milliseconds = -> { (Time.now.to_f * 1000).to_i }
$stdout.sync = true
(1..).each do |value|
  began = milliseconds.call
  begin
    client.rpush(ARGV[1], value)
    problem = ''
  rescue Redis::BaseError => e
    problem = "#{e.class}: #{e.message}".tr("\n", ' ')
  end
  puts "#{value} #{began} #{milliseconds.call} #{problem}"
  sleep 0.01
end
