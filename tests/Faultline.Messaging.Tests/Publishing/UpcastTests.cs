using System.Text;
using System.Text.Json.Nodes;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;

namespace Faultline.Messaging.Tests.Publishing;

public sealed class UpcastTests
{
    [Message("desk.opened")]
    private sealed record OpenedV1(string Title) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("desk.opened", 2)]
    private sealed record OpenedV2(string Title, string Language) : IMessage, IUpcast
    {
        static int IUpcast.OldestVersion => 1;

        string? IMessage.Key => null;

        static JsonObject IUpcast.Upcast(JsonObject body, int from)
        {
            body["language"] = "und";
            return body;
        }
    }

    [Message("desk.opened", 3)]
    private sealed record OpenedV3(string Subject, string Language) : IMessage, IUpcast
    {
        static int IUpcast.OldestVersion => 1;

        string? IMessage.Key => null;

        static JsonObject IUpcast.Upcast(JsonObject body, int from)
        {
            if (from == 1) body["language"] = "und";
            else
            {
                body["subject"] = body["title"]!.DeepClone();
                body.Remove("title");
            }

            return body;
        }
    }

    [Message("desk.opened", 3)]
    private sealed record OpenedV3From2(string Title) : IMessage, IUpcast
    {
        static int IUpcast.OldestVersion => 2;

        string? IMessage.Key => null;

        static JsonObject IUpcast.Upcast(JsonObject body, int from) => throw new KeyNotFoundException("no such thing");
    }

    [Message("desk.opened", 2)]
    private sealed record FromItself : IMessage, IUpcast
    {
        static int IUpcast.OldestVersion => 2;

        string? IMessage.Key => null;

        static JsonObject IUpcast.Upcast(JsonObject body, int from) => body;
    }

    [Fact]
    public void A_consumer_that_knows_only_version_2_reads_version_1() =>
        new MessageCatalogue([typeof(OpenedV2)]).Decode(Arrived(1, """{"title":"t","later":true}""")).ShouldBe(new OpenedV2("t", "und"));

    [Fact]
    public void Steps_follow_each_other_from_the_oldest_version_to_the_newest()
    {
        MessageCatalogue catalogue = new([typeof(OpenedV3)]);

        catalogue.Decode(Arrived(1, """{"title":"t"}""")).ShouldBe(new OpenedV3("t", "und"));
        catalogue.Decode(Arrived(2, """{"title":"t","language":"de"}""")).ShouldBe(new OpenedV3("t", "de"));
        catalogue.Decode(Arrived(3, """{"subject":"t","language":"de"}""")).ShouldBe(new OpenedV3("t", "de"));
        catalogue.VersionsOf("desk.opened").ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_version_with_a_type_of_its_own_is_read_as_that()
    {
        MessageCatalogue catalogue = new([typeof(OpenedV1), typeof(OpenedV2), typeof(OpenedV3)]);

        catalogue.Decode(Arrived(1, """{"title":"t"}""")).ShouldBe(new OpenedV1("t"));
        catalogue.Decode(Arrived(2, """{"title":"t","language":"de"}""")).ShouldBe(new OpenedV2("t", "de"));
    }

    [Fact]
    public void The_fewest_steps_are_taken() => new MessageCatalogue([typeof(OpenedV3), typeof(OpenedV2)]).Decode(Arrived(1, """{"title":"t"}""")).ShouldBe(new OpenedV2("t", "und"));

    [Fact]
    public void What_a_service_only_publishes_is_not_what_it_reads()
    {
        MessageCatalogue catalogue = new([typeof(OpenedV1), typeof(OpenedV2)], reads: [typeof(OpenedV2)]);

        catalogue[typeof(OpenedV1)].Version.ShouldBe(1);
        catalogue.Decode(Arrived(1, """{"title":"t"}""")).ShouldBe(new OpenedV2("t", "und"));
    }

    [Theory]
    [InlineData(4, "{}", "version 4 of 'desk.opened' is unknown here; known: 2, 3")]
    [InlineData(1, "{}", "version 1 of 'desk.opened' is unknown here; known: 2, 3")]
    [InlineData(2, "{}", "cannot be brought from version 2 to 3: no such thing")]
    [InlineData(2, "[]", "cannot be read")]
    [InlineData(2, "{", "cannot be read")]
    public void What_cannot_be_brought_here_says_why(int version, string body, string says) =>
        Should.Throw<UndecodableException>(() => new MessageCatalogue([typeof(OpenedV3From2)]).Decode(Arrived(version, body))).Message.ShouldContain(says);

    [Fact]
    public void An_upcast_body_must_fit_the_type() =>
        Should.Throw<UndecodableException>(() => new MessageCatalogue([typeof(OpenedV2)]).Decode(Arrived(1, "{}"))).Message.ShouldContain("the body of 'desk.opened' version 1 cannot be read");

    [Fact]
    public void A_type_that_claims_to_be_older_than_itself_is_refused_at_the_start() =>
        Should.Throw<ArgumentException>(() => new MessageCatalogue([typeof(FromItself)])).Message.ShouldContain("must be 1 to 1");

    private static Envelope Arrived(int version, string body) => new()
    {
        Id = Guid.Empty,
        Type = "desk.opened",
        Version = version,
        Publisher = "test/one",
        Time = DateTimeOffset.UnixEpoch,
        Digest = BodyDigest.Of(Encoding.UTF8.GetBytes(body)),
        Body = Encoding.UTF8.GetBytes(body),
    };
}
