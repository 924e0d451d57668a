package io.github.gcrsync.server.http;

import io.github.gcrsync.server.MirrorStatus;
import io.github.gcrsync.server.Run;
import io.github.gcrsync.server.Service;
import io.github.gcrsync.server.fleet.Fleet;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The API: docs/openapi.json describes it. */
final class Api {
    private static final String ROOT = "/api/v1/";
    private static final Pattern ACTION = Pattern.compile(ROOT + "mirrors/(?<name>.+)/(?<action>run|stop)");
    private static final Pattern RUN = Pattern.compile(ROOT + "runs/(?<id>[^/]+)");
    private static final int MOST_RUNS = 1000;
    private static final int USUAL_RUNS = 100;

    private final Service service;
    private final Optional<Fleet> fleet;

    Api(Service service, Optional<Fleet> fleet) {
        this.service = service;
        this.fleet = fleet;
    }

    /** Answers if the path is one of the API; returns whether it is. */
    boolean answers(Call call) throws IOException {
        String path = call.path();
        if (!path.startsWith(ROOT)) {
            return false;
        }
        Matcher action = ACTION.matcher(path);
        Matcher run = RUN.matcher(path);
        if (action.matches()) {
            act(call, action.group("name"), action.group("action").equals("run"));
        } else if (!call.isRead()) {
            call.error(405, "use GET");
        } else if (path.equals(ROOT + "mirrors")) {
            call.json(service.mirrors().stream().map(MirrorStatus::fields));
        } else if (path.equals(ROOT + "runs")) {
            runs(call);
        } else if (path.equals(ROOT + "workers")) {
            fleet(call, state -> state.workers().stream().map(Fleet.Worker::fields));
        } else if (path.equals(ROOT + "tasks")) {
            fleet(call, state -> state.tasks().stream().map(Fleet.Tasks::fields));
        } else if (path.equals(ROOT + "openapi.json")) {
            call.answer(200, "application/json", Resources.text("openapi.json"));
        } else if (run.matches()) {
            run(call, run.group("id"));
        } else {
            call.error(404, "there is no such path; see " + ROOT + "openapi.json");
        }
        return true;
    }

    private void act(Call call, String mirror, boolean begins) throws IOException {
        if (!call.method().equals("POST")) {
            call.error(405, "use POST");
        } else if (begins) {
            switch (service.run(mirror, Run.Trigger.REQUEST)) {
                case Service.Answer.Queued(String id) -> call.json(202, Map.of("run", id));
                case Service.Answer.Busy(String id) -> busy(call, id);
                case Service.Answer.Unknown() -> unknown(call, mirror);
                case Service.Answer.Closing() -> call.error(503, "the server is stopping");
            }
        } else {
            Optional<String> stopped = service.stop(mirror);
            if (stopped.isPresent()) {
                call.json(202, Map.of("run", stopped.get()));
            } else if (service.mirrors().stream()
                    .anyMatch(status -> status.name().equals(mirror))) {
                call.error(409, "the mirror is not running");
            } else {
                unknown(call, mirror);
            }
        }
    }

    private static void busy(Call call, String run) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("error", "the mirror is running already");
        fields.put("run", run);
        call.json(409, fields);
    }

    private static void unknown(Call call, String mirror) throws IOException {
        call.error(404, "there is no mirror '" + mirror + "'");
    }

    private void runs(Call call) throws IOException {
        String mirror = call.parameter("mirror");
        String limit = call.parameter("limit");
        int most = limit.matches("[0-9]{1,4}") ? Math.min(Integer.parseInt(limit), MOST_RUNS) : USUAL_RUNS;
        List<Run> all = new ArrayList<>(service.active());
        all.addAll(service.history().runs());
        call.json(all.stream()
                .filter(run -> mirror.isEmpty() || run.mirror().equals(mirror))
                .limit(most)
                .map(Run::fields));
    }

    private void fleet(Call call, Function<Fleet.State, Stream<Map<String, Object>>> part) throws IOException {
        Optional<Fleet.State> state = fleet.flatMap(Fleet::state);
        if (fleet.isEmpty()) {
            call.error(404, "the server copies itself; workers need --database");
        } else if (state.isEmpty()) {
            call.error(503, "the database cannot be used at the moment");
        } else {
            call.json(part.apply(state.get()));
        }
    }

    private void run(Call call, String id) throws IOException {
        Optional<Run> run = service.run(id);
        if (run.isEmpty()) {
            call.error(404, "there is no run '" + id + "'; old ones are deleted (--keep-runs)");
            return;
        }
        String fields = Json.text(run.get().fields());
        String report = service.history().report(id).map(String::strip).orElse("null");
        // The report is JSON already, and may be large.
        call.answer(
                200, "application/json", fields.substring(0, fields.length() - 1) + ",\"report\":" + report + "}\n");
    }
}
