# Orders in Redis outlive the master. Run: npx ts-sentinel harness run -- ruby orders_test.rb
require 'json'
require 'minitest/autorun'
require 'net/http'
require 'redis'

SENTINELS = ENV.fetch('SENTINELS').split(',').map do |address|
  host, _, port = address.rpartition(':')
  { host: host, port: port.to_i }
end
ORDERS = Redis.new(url: "redis://#{ENV.fetch('REDIS_MASTER_NAME')}", sentinels: SENTINELS, role: :master, timeout: 0.5)

def place(order, deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + 30)
  ORDERS.hset('orders', order, 'placed')
rescue Redis::BaseError
  raise if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline

  sleep 0.1
  retry
end

def harness(operation, arguments = {})
  token = { 'Authorization' => "Bearer #{ENV.fetch('HARNESS_TOKEN')}" }
  response = Net::HTTP.post(URI("#{ENV.fetch('HARNESS_URL')}/#{operation}"), arguments.to_json, token)
  JSON.parse(response.body).tap { |answer| raise answer['error']['what'] unless response.is_a?(Net::HTTPSuccess) }
end

class OrdersTest < Minitest::Test
  def test_orders_are_placed_after_the_death_of_the_master
    place('before')
    ORDERS.call('wait', 1, 5000) # a replica has it
    dead = harness('kill-master')
    place('after')
    refute_equal dead['address'], harness('wait-settled', awayFrom: dead['address'])['address']
    assert_equal %w[before after], ORDERS.hkeys('orders')
  end
end
