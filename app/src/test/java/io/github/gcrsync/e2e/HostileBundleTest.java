package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.e2e.Tar.Entry;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An import refuses a file that was made to do harm before it sends or writes anything. */
final class HostileBundleTest extends RefusedBundles {
    @Test
    void refusesHostileEntries() throws IOException {
        String marker = "images/team/app-0/oci-layout";
        String blob = blobs().getFirst();
        String other = blobs().getLast();
        Path outside = folder.resolve("outside");
        Map<String, List<Entry>> cases = new LinkedHashMap<>();
        for (String name : List.of(
                "../x",
                "/x",
                "images/../../x",
                "images/team/app-0/../../../x",
                outside.toString(),
                "",
                ".",
                "a\nb\u001b[31m",
                "images/team/app-0/blobs/sha256/..",
                "images/team/app-0/blobs/sha256/00",
                "images/team/app-0/blobs/md5/d41d8cd98f00b204e9800998ecf8427e",
                "images/unlisted/oci-layout",
                "SHA256SUMS/x",
                "bundle.json",
                marker,
                blob)) {
            cases.put("file " + name, List.of(Entry.file(name, "x"), Entry.file(name, "x")));
        }
        for (String target : List.of("/etc/passwd", "../../x", blob, other, outside.toString(), "")) {
            cases.put("symbolic link to " + target, List.of(Entry.of('2', blob, target)));
            cases.put("hard link to " + target, List.of(Entry.of('1', marker + "2", target)));
            cases.put("blob as hard link to " + target, List.of(Entry.of('1', absent(blob), target)));
            cases.put("marker as hard link to " + target, List.of(Entry.of('1', marker, target)));
        }
        for (char type : "34567LKgSVM\0\u00ff".toCharArray()) {
            cases.put("type " + (int) type, List.of(Entry.of(type, marker, "")));
        }
        for (String size : List.of(
                "-0000000001",
                "\u00ff".repeat(12),
                "\u0080" + "\u007f".repeat(11),
                "77777777777",
                "9",
                "",
                "0x1",
                " ")) {
            cases.put("size " + size, List.of(Entry.file(marker, "x").ofSize(size)));
            cases.put(
                    "size of a blob " + size,
                    List.of(Entry.file(absent(blob), "x").ofSize(size)));
        }
        for (String size :
                List.of("-1", "999999999999999999", "9223372036854775807", "99999999999999999999", "", "x")) {
            cases.put("pax size " + size, List.of(Tar.pax("size", size), Entry.file(marker, "x")));
        }
        cases.put("pax of a name of 1 MB", List.of(Tar.pax("path", "a".repeat(1 << 20)), Entry.file(marker, "x")));
        cases.put("pax of a huge size", List.of(Tar.pax("a", "b").ofSize("77777777777"), Entry.file(marker, "x")));
        cases.put("pax of a path outside", List.of(Tar.pax("path", "../x"), Entry.file(marker, "x")));
        cases.put("pax of a link outside", List.of(Tar.pax("linkpath", "/x"), Entry.of('1', absent(blob), blob)));
        cases.put("two pax headers", List.of(Tar.pax("a", "b"), Tar.pax("a", "b"), Entry.file(marker, "x")));
        for (Map.Entry<String, List<Entry>> each : cases.entrySet()) {
            List<Entry> hostile = new ArrayList<>(entries);
            hostile.addAll(1, each.getValue());
            assertRefused(each.getKey(), 1, Tar.bytes(hostile));
        }
        assertRefused("entry after the sums", 1, Tar.bytes(with(entries.size(), Entry.file("CONTENTS.txt", "x"))));
        assertRefused("bundle.json later", 1, Tar.bytes(with(0, Entry.file("CONTENTS.txt", "x"))));
        assertRefused("no sums", 1, Tar.bytes(entries.subList(0, entries.size() - 1)));
        assertRefused("a file without a sum", 1, Tar.bytes(without(3, entries.getLast())));
        assertThat(outside).doesNotExist();
    }

    @Test
    void refusesFalseContents() throws IOException {
        String json = entries.getFirst().content();
        String digest = image("team/app-1:v1").digest();
        String other = image("team/app-2:v2").digest();
        Map<String, String> cases = new LinkedHashMap<>();
        for (String mirror :
                List.of("../../etc", "", "/etc", "a\\u0000b", "a\\nb", ".git", "a/../b", "A", "x".repeat(300))) {
            cases.put("mirror " + mirror, json.replace("\"mirror\":\"ns\"", "\"mirror\":\"" + mirror + "\""));
        }
        for (String origin : List.of("", "a b", "a\\u0000b", "a\\nb/ns", "https://user:secret@host/x")) {
            cases.put("source " + origin, json.replaceFirst("\"source\":\"[^\"]*\"", "\"source\":\"" + origin + "\""));
        }
        for (String format : List.of("0", "2", "-1", "1.5", "\"1\"", "null", "99999999999999999999")) {
            cases.put("format " + format, json.replace("\"format\":1", "\"format\":" + format));
        }
        for (String part : List.of("0", "-1", "2", "4294967297", "null")) {
            cases.put("part " + part, json.replace("\"part\":1", "\"part\":" + part));
        }
        for (String parts : List.of("0", "-1", "4294967297", "null")) {
            cases.put("parts " + parts, json.replace("\"parts\":1", "\"parts\":" + parts));
        }
        cases.put("more than can be", json.replace("\"parts\":1", "\"parts\":2147483647"));
        cases.put("digest of nothing", json.replace(digest, "sha256:" + "0".repeat(64)));
        cases.put("digest that is none", json.replace(digest, "sha256:../../x"));
        cases.put("digest of another image", json.replaceFirst(digest, other));
        cases.put("tag of another image", json.replace("\"v1\"", "\"v2\""));
        cases.put("tag outside", json.replace("\"v1\"", "\"../../v1\""));
        cases.put("image outside", json.replace("team/app-1:v1", "../../app-1:v1"));
        cases.put("image without manifest", json.replace("team/app-1:v1", "team/app-9:v1"));
        cases.put("repository outside", json.replace("\"team/app-1\"", "\"../app-1\""));
        cases.put("negative size", json.replaceFirst("\"size\":[0-9]+", "\"size\":-1"));
        cases.put("other size", json.replaceFirst("\"size\":[0-9]+", "\"size\":1"));
        cases.put("huge size", json.replaceFirst("\"size\":[0-9]+", "\"size\":9223372036854775807"));
        cases.put("no JSON", "{");
        cases.put("empty", "");
        cases.put("a list", "[]");
        cases.put("an empty object", "{}");
        cases.put("a deep one", "[".repeat(100_000));
        cases.forEach((what, changed) -> {
            assertThat(changed).as(what).isNotEqualTo(json);
            List<Entry> hostile = new ArrayList<>(entries);
            hostile.set(0, Entry.file("bundle.json", changed));
            assertRefused(what, 1, Tar.bytes(Tar.summed(hostile)));
        });
    }

    @Test
    void refusesPartsThatDoNotBelongTogether() throws IOException {
        List<Path> parts = parts("a");
        offer("team/app-3:v3", SampleImages.oci(5));
        fill();
        List<Path> later = parts("b");
        assertThat(parts).hasSizeGreaterThan(2);
        Map<String, List<Path>> cases = new HashMap<>();
        cases.put("mixed", List.of(parts.get(0), later.get(1), parts.get(2)));
        cases.put("the last is missing", parts.subList(0, parts.size() - 1));
        cases.put("the first is missing", parts.subList(1, parts.size()));
        cases.put("one twice", List.of(parts.get(0), parts.get(0)));
        List<Entry> claims = Tar.read(later.get(1));
        claims.set(0, Tar.read(parts.get(1)).getFirst());
        List<Path> patched = new ArrayList<>(parts);
        patched.set(1, written("claims.tar", Tar.bytes(Tar.summed(claims))));
        cases.put("content of another bundle", patched);
        List<Entry> same = Tar.read(parts.get(1));
        same.set(0, Entry.file("bundle.json", same.getFirst().content().replace(":v1\"", ":v7\"")));
        List<Path> other = new ArrayList<>(parts);
        other.set(1, written("other.tar", Tar.bytes(Tar.summed(same))));
        cases.put("a part that lists other images", other);
        for (Map.Entry<String, List<Path>> each : cases.entrySet()) {
            Map<String, String> before = tree();
            destination.log().clear();
            Result result = workplace.run(loading(each.getValue(), "--quiet"));
            assertRefused(each.getKey(), result, 1, Path.of("part|different exports|\\.tar: "), before);
        }
        List<Path> twice = new ArrayList<>(later);
        twice.addAll(later);
        assertThat(workplace.run(loading(twice)).exitCode()).isZero();
        assertAllArrived();
    }

    private List<Path> parts(String name) throws IOException {
        Result exported = export(bundle(name + ".tar"), "--max-size=12KiB");
        assertThat(exported.exitCode()).as("%s", exported).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(name + "\\.\\d+-of-\\d+\\.tar"))
                    .sorted()
                    .toList();
        }
    }

    /** The path of a blob that the bundle does not have. */
    private static String absent(String blob) {
        return blob.substring(0, blob.length() - 64) + "0".repeat(64);
    }

    private List<Entry> with(int at, Entry entry) {
        List<Entry> all = new ArrayList<>(entries);
        all.add(at, entry);
        return all;
    }

    private List<Entry> without(int at, Entry last) {
        List<Entry> all = new ArrayList<>(entries);
        all.remove(at);
        all.set(all.size() - 1, last);
        return all;
    }
}
