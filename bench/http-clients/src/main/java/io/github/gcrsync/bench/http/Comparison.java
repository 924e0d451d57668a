package io.github.gcrsync.bench.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs every client at every task, clients in turn within each round, and prints the medians as a Markdown table. */
final class Comparison {
    private static final Map<String, String> CLIENTS = new LinkedHashMap<>();

    static {
        CLIENTS.put("apache", "Apache HttpClient 5.6 classic");
        CLIENTS.put("jetty", "Jetty 12.1");
        CLIENTS.put("okhttp", "OkHttp 5.5");
        CLIENTS.put("jdk", "java.net.http");
    }

    private final String port;

    private Comparison(String port) {
        this.port = port;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length == 0 ? 3 : Integer.parseInt(arguments[0]);
        Process origin = java(List.of("io.github.gcrsync.bench.http.Origin"));
        try {
            new Comparison(firstLine(origin)).compare(rounds);
        } finally {
            origin.getOutputStream().close();
            origin.waitFor();
        }
    }

    private void compare(int rounds) throws Exception {
        var large = new LinkedHashMap<String, List<long[]>>();
        var small = new LinkedHashMap<String, List<long[]>>();
        for (int round = 1; round <= rounds; round++) {
            System.err.println("round " + round + " of " + rounds);
            for (String client : CLIENTS.keySet()) {
                large.computeIfAbsent(client, c -> new ArrayList<>()).add(figures(client, "large"));
                small.computeIfAbsent(client, c -> new ArrayList<>()).add(figures(client, "small"));
            }
        }
        System.out.println("JDK " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors()
                + " processors, medians of " + rounds + " rounds (lowest to highest)\n");
        System.out.println("| client | 25 x 64 MiB, 8 at a time: CPU s | wall s | 1,500 uploads of 4 KiB, 32 at a time: CPU s"
                + " | wall s | stalled download | stalled upload |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (var client : CLIENTS.entrySet()) {
            List<long[]> big = large.get(client.getKey());
            List<long[]> little = small.get(client.getKey());
            System.out.println("| " + client.getValue() + " | " + spread(big, 0) + " | " + spread(big, 1) + " | "
                    + spread(little, 0) + " | " + spread(little, 1) + " | " + run(client.getKey(), "stalled download")
                    + " | " + run(client.getKey(), "stalled upload") + " |");
        }
    }

    private long[] figures(String client, String task) throws Exception {
        String[] words = run(client, task).split(" ");
        return new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])};
    }

    private String run(String client, String task) throws Exception {
        Process process = java(List.of("io.github.gcrsync.bench.http.Workload", client, task, port));
        String line = firstLine(process);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(client + " failed at " + task);
        }
        return line;
    }

    private static String spread(List<long[]> figures, int column) {
        long[] sorted = figures.stream().mapToLong(f -> f[column]).sorted().toArray();
        return "%.1f (%.1f to %.1f)".formatted(
                sorted[sorted.length / 2] / 1000.0, sorted[0] / 1000.0, sorted[sorted.length - 1] / 1000.0);
    }

    /** The JVM options are those of the launcher. */
    private static Process java(List<String> main) throws IOException {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-Xms64m",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(main);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static String firstLine(Process process) throws IOException {
        BufferedReader reader = process.inputReader();
        String line = reader.readLine();
        if (line == null) {
            throw new IOException("no answer from " + process.info().commandLine().orElse("the process"));
        }
        return line;
    }
}
