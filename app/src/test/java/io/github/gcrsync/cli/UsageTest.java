package io.github.gcrsync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Output of help and of wrong command lines; without any access to disk or network. */
final class UsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--processcount=many | --processcount | many",
                "--processlimit=0 | --processlimit | '0' is not a number from 1 to 999999",
                "--processlimit=-1 | --processlimit | -1",
                "--querylimit=x | --querylimit | 'x' is not a number",
                "--httptimeout=10 | --httptimeout | '10' is not a duration; write 500ms, 10s or 1m30s",
                "--httptimeout=0s | --httptimeout | longer than 0",
                "--namespace=UPPER | --namespace | UPPER",
                "--namespace=../etc | --namespace | ../etc",
                "--processcount=0 | --processcount | '0' is not a number from 1 to 999999, or -1 for no limit",
                "--source=https://gcr.io | --source | write HOST or HOST:PORT, without a scheme and a path",
                "--by=age | --by | 'age' is none of version, date",
                "--per=major | --per | 'major' is none of variant, minor, repository",
                "--moved=never | --moved | 'never' is none of follow, keep",
                "--image=a:b:c | --image | write NAME, NAME:TAG, NAME@DIGEST or NAME:TAG@DIGEST",
                "--destination=mirror | --destination | 'mirror' names no registry host; write HOST/path",
                "--destination=oci: | --destination | names no folder",
                "--timezone=Berlin | --timezone | 'Berlin' is not a time zone; write Europe/Berlin, UTC or +08:00",
                "--exclude-tag=( | --exclude-tag | '(' is not a regular expression: Unclosed group",
                "--exclude-repository=*a | --exclude-repository | Dangling",
                "--max-tag-length=long | --max-tag-length | long",
                "--proxy=ftp://host | --proxy | use http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT",
                "--shard=4/3 | --shard | there is no shard 4 of 3; count from 1/3 to 3/3",
                "--shard=a/b | --shard | 'a/b' is not I/N; write the number of this shard and how many there are",
                "--shard=auto | --shard | neither pair of variables is set; set one, or write I/N",
                "--plain-http=a/b | --plain-http | a/b"
            })
    void reportsInvalidValueWithFlagOnOneLine(String argument, String flag, String words) {
        Result result = run(argument);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines().findFirst().orElse(""))
                .startsWith("gcrsync: ")
                .contains(flag)
                .contains(words);
        assertThat(result.err().lines()).hasSize(2).last().isEqualTo("Try 'gcrsync sync --help'.");
    }

    @ParameterizedTest
    @CsvSource({
        "--namespce=x, --namespce, --namespace",
        "--proceslimit=3, --proceslimit, --processlimit",
        "--githubtokn=s3cret, --githubtokn, --githubtoken",
        "--githubtokn s3cret, --githubtokn, --githubtoken",
        "--debug --dockerpasword s3cret sync, --dockerpasword, --dockerpassword"
    })
    void suggestsFlagAndHidesValueOfUnknownFlag(String argument, String flag, String meant) {
        Result result = run(argument.split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err().lines().findFirst().orElse("")).isEqualTo("gcrsync: unknown flag " + flag);
        assertThat(result.err()).contains(meant).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "test", "log", "monitor --count=1"})
    void refusesTokenWithoutRepository(String command) {
        Result result = run((command + " --githubtoken=s3cret").split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines().findFirst().orElse(""))
                .isEqualTo("gcrsync: a token needs a repository; add --githubrepo OWNER/NAME or --metadata URL");
    }

    @Test
    void suggestsCommand() {
        Result result = run("snc");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err().lines().findFirst().orElse("")).isEqualTo("gcrsync: unknown command 'snc'");
        assertThat(result.err()).contains("Did you mean: gcrsync sync");
    }

    @Test
    void reportsFlagWithoutValue() {
        Result result = run("sync", "--namespace");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("gcrsync: ").contains("--namespace");
    }

    @ParameterizedTest
    @CsvSource({
        "sync --namespace a --namespace b, --namespace",
        "--dockerpassword=s3cret --debug --dockerpassword=0ther, --dockerpassword",
        "compare --namespace=a --querylimit 1 --namespace=a, --namespace"
    })
    void warnsAboutRepeatedSingleValueFlag(String arguments, String flag) {
        Result result = run((arguments + " --exclude-tag=(").split(" "));

        assertThat(result.err())
                .startsWith(
                        "gcrsync: " + flag + " takes one value and was given more than once; the last value is used\n")
                .doesNotContain("s3cret", "0ther");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--debug --debug", "--exclude-tag=a --exclude-tag=b", "--namespace=a"})
    void doesNotWarnAboutOtherFlags(String arguments) {
        Result result = run((arguments + " --exclude-tag=(").split(" "));

        assertThat(result.err()).doesNotContain("more than once");
    }

    @Test
    void refusesSecondArgument() {
        Result result = run("sync", "google-containers");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("gcrsync: ").contains("google-containers");
    }

    @Test
    void keepsDefaultsOfOriginalFlags() {
        Result result = run("sync", "--help");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        String help = result.out().replaceAll("\\s+", " ");
        assertThat(help)
                .contains("--debug", "--dockeruser", "--dockerpassword", "--githubtoken", "--proxy", "-h, --help")
                .containsPattern("--githubuser=NAME .{0,90}Late Lee\\)")
                .containsPattern("--githubemail=EMAIL .{0,90}li@latelee.org\\)")
                .contains("--githubrepo=OWNER/NAME")
                .containsPattern("--httptimeout=DURATION .{0,90}\\(default: 10s\\)")
                .containsPattern("--namespace=NAME .{0,60}\\(default: google-containers\\)")
                .containsPattern("--processcount=N .{0,90}-1: no limit \\(default: 100\\)")
                .containsPattern("--processlimit=N .{0,60}\\(default: 20\\)")
                .containsPattern("--querylimit=N .{0,90}\\(default: 50\\)")
                .containsPattern("--source=HOST\\|oci:DIR .{0,90}\\(default: gcr.io\\)")
                .containsPattern("--timezone=ZONE .{0,90}\\(default: Asia/Shanghai\\)")
                .containsPattern("Exit codes: 0 all done 1 .*2 wrong flags 3 could not start");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help"})
    void showsCommandsInHelp(String argument) {
        Result result = run(argument);

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("Usage: gcrsync [COMMAND] [FLAGS]", "sync", "demo");
        assertThat(result.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--debug --help", "--help --namespace x", "help sync", "-h sync", "sync -h"})
    void showsMainHelpInAnyOrder(String arguments) {
        Result result = run(arguments.split(" "));

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("--processcount=N");
    }

    @Test
    void printsVersionOnOneLine() {
        Result result = run("--version");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).matches("gcrsync \\S+ \\(commit \\S+, Java 2\\S+\\)\\R");
    }

    private static Result run(String... arguments) {
        return InProcess.run(Map.of(), List.of(arguments));
    }
}
