/* Appends 1, 2, 3 ... to a list with hiredis. Arguments: port, key. Prints a line for each, see program-clients.ts.
   hiredis does not connect again by itself: redisReconnect() is the application's part. */
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static long long milliseconds(void) {
    struct timeval now;
    gettimeofday(&now, NULL);
    return now.tv_sec * 1000LL + now.tv_usec / 1000;
}
int main(int count, char **words) {
    if (count != 3) return 2;
    signal(SIGPIPE, SIG_IGN);
    redisContext *context = redisConnect("127.0.0.1", atoi(words[1]));
    for (int value = 1; context != NULL; value++, usleep(10000)) {
        long long began = milliseconds();
        redisReply *reply = redisCommand(context, "RPUSH %s %d", words[2], value);
        const char *problem = reply == NULL ? context->errstr : reply->type == REDIS_REPLY_ERROR ? reply->str : "";
        if (printf("%d %lld %lld %s\n", value, began, milliseconds(), problem) < 0 || fflush(stdout) != 0) return 1;
        if (reply == NULL) redisReconnect(context);
        else freeReplyObject(reply);
    }
    return 1;
}
