/* Orders in Redis outlive the master. hiredis has no sentinel mode, so the program asks the sentinels for the master.
   Run: cc orders_test.c -lhiredis -o orders_test && npx ts-sentinel harness run -- ./orders_test */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sends a command to the master that a sentinel names; NULL while there is none. */
static redisReply *send_to_master(const char *command) {
    char list[512];
    snprintf(list, sizeof list, "%s", getenv("SENTINELS"));
    for (char *host = strtok(list, ",:"); host != NULL; host = strtok(NULL, ",:")) {
        redisContext *sentinel = redisConnect(host, atoi(strtok(NULL, ",:")));
        redisReply *master = redisCommand(sentinel, "SENTINEL GET-MASTER-ADDR-BY-NAME %s", getenv("REDIS_MASTER_NAME"));
        if (master == NULL || master->type != REDIS_REPLY_ARRAY) continue;
        return redisCommand(redisConnect(master->element[0]->str, atoi(master->element[1]->str)), command);
    }
    return NULL;
}
static int place(const char *command) {
    redisReply *reply = NULL;
    for (int tries = 0; tries < 300 && (reply == NULL || reply->type != REDIS_REPLY_INTEGER); tries++, usleep(100000))
        reply = send_to_master(command);
    return reply != NULL && reply->type == REDIS_REPLY_INTEGER;
}
static int kill_master(void) {
    char host[64], path[256], answer[16] = "";
    int port;
    sscanf(getenv("HARNESS_URL"), "http://%63[^:]:%d%255s", host, &port, path);
    int http = redisConnect(host, port)->fd;
    dprintf(http, "POST %s/kill-master HTTP/1.0\r\nAuthorization: Bearer %s\r\n\r\n", path, getenv("HARNESS_TOKEN"));
    return read(http, answer, sizeof answer - 1) > 12 && strstr(answer, " 200") != NULL;
}
int main(void) {
    int done = place("HSET orders before placed") && place("WAIT 1 5000") && kill_master() && place("HSET orders after placed");
    return done && send_to_master("HLEN orders")->integer == 2 ? 0 : 1;
}
