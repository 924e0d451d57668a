package io.github.gcrsync.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;

/** Starts Debian's nginx on a free loopback port, with all its files in one folder. */
public final class Nginx {
    private Nginx() {}

    /** @param servers returns the content of the {@code http} block of its configuration for a port */
    public static Daemon start(Path folder, IntFunction<String> servers) {
        return Daemon.start(folder, port -> command(folder, servers.apply(port)));
    }

    private static List<String> command(Path folder, String servers) throws IOException {
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log error.log;
                events {}
                http {
                  access_log access.log;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  client_max_body_size 0;
                %s
                }
                """.formatted(servers));
        return List.of(Program.require("nginx").name(), "-p", folder + "/", "-e", "error.log", "-c", config.toString());
    }
}
