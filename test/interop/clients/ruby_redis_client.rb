# ruby-redis with its Sentinel support behind the questions of line-client.ts.
require 'redis'

name, sentinel_password, password = ARGV[0, 3]
SENTINELS = ARGV[3..].map do |address|
  host, _, port = address.rpartition(':')
  sentinel = { host: host, port: port.to_i }
  sentinel[:password] = sentinel_password unless sentinel_password.empty?
  sentinel
end

def client(name, password, role)
  options = { url: "redis://#{name}", sentinels: SENTINELS.map(&:dup), role: role, timeout: 0.5, reconnect_attempts: 3 }
  options[:password] = password unless password.empty?
  Redis.new(**options)
end

# Where a connection that the library has chosen ends.
def port_of(redis)
  "127.0.0.1:#{redis.config(:get, 'port')['port']}"
end

master = client(name, password, :master)

answer = lambda do |words|
  case words[0]
  when 'master' then port_of(client(name, password, :master))
  # The library takes one of the replicas at random; it is asked until it has had time to name them all.
  when 'replicas' then Array.new(40) { port_of(client(name, password, :slave)) }.uniq.join(' ')
  else
    master.set(words[1], words[2])
    ''
  end
end

$stdout.sync = true
$stdin.each_line do |line|
  begin
    puts "ok #{answer.call(line.split)}".strip
  rescue StandardError => e # every error is an answer: the test looks at it
    puts "failed #{e.class} #{e.message.tr("\n", ' ')}"
  end
end
