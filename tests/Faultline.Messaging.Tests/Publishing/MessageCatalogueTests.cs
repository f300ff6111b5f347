using System.Text;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;

namespace Faultline.Messaging.Tests.Publishing;

public sealed class MessageCatalogueTests
{
    private readonly MessageCatalogue _catalogue = new([typeof(Opened), typeof(OpenedV2)]);

    [Message("desk.opened")]
    private sealed record Opened(string Title, int Number) : IMessage
    {
        string? IMessage.Key => Title;
    }

    [Message("desk.opened", 2)]
    private sealed record OpenedV2(string Title, int Number, string Language) : IMessage
    {
        string? IMessage.Key => Title;
    }

    [Message("desk.opened")]
    private sealed record Twin : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("Not A Name")]
    private sealed record BadName : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("desk.zero", 0)]
    private sealed record BadVersion : IMessage
    {
        string? IMessage.Key => null;
    }

    private sealed record Nameless : IMessage
    {
        string? IMessage.Key => null;
    }

    [Fact]
    public void What_is_written_is_read_and_the_key_is_no_part_of_the_body()
    {
        byte[] body = MessageCatalogue.Encode(new Opened("printer", 7));

        Encoding.UTF8.GetString(body).ShouldBe("""{"title":"printer","number":7}""");
        _catalogue.Decode(Arrived("desk.opened", 1, body)).ShouldBe(new Opened("printer", 7));
    }

    [Fact]
    public void Versions_of_a_name_are_types_of_their_own() =>
        _catalogue.Decode(Arrived("desk.opened", 2, """{"title":"t","number":1,"language":"de"}"""u8)).ShouldBe(new OpenedV2("t", 1, "de"));

    [Fact]
    public void A_member_that_is_unknown_here_is_ignored() =>
        _catalogue.Decode(Arrived("desk.opened", 1, """{"title":"t","number":1,"later":true}"""u8)).ShouldBe(new Opened("t", 1));

    [Theory]
    [InlineData("desk.opened", 3, "{}", "version 3 of 'desk.opened' is unknown here; known: 1, 2")]
    [InlineData("desk.closed", 1, "{}", "message type 'desk.closed' is unknown here")]
    [InlineData("desk.opened", 1, "{", "cannot be read")]
    [InlineData("desk.opened", 1, "null", "is null")]
    [InlineData("desk.opened", 1, """{"title":"t"}""", "cannot be read")]
    [InlineData("desk.opened", 1, """{"title":null,"number":1}""", "cannot be read")]
    [InlineData("desk.opened", 1, "", "cannot be read")]
    public void What_cannot_be_read_says_why(string type, int version, string body, string says) =>
        Should.Throw<UndecodableException>(() => _catalogue.Decode(Arrived(type, version, Encoding.UTF8.GetBytes(body)))).Message.ShouldContain(says);

    [Theory]
    [InlineData(typeof(Nameless), "has no [Message] attribute")]
    [InlineData(typeof(BadName), "'Not A Name'")]
    [InlineData(typeof(BadVersion), "versions start at 1")]
    [InlineData(typeof(Twin), "share the name")]
    public void A_type_that_cannot_travel_is_refused_at_the_start(Type type, string says) =>
        Should.Throw<ArgumentException>(() => new MessageCatalogue([typeof(Opened), type])).Message.ShouldContain(says);

    [Fact]
    public void A_type_that_was_not_declared_is_named_with_what_to_do() =>
        Should.Throw<InvalidOperationException>(() => _catalogue[typeof(Twin)]).Message.ShouldContain(".Publishes<Twin>()");

    [Fact]
    public void A_body_that_is_too_large_is_refused() =>
        Should.Throw<InvalidOperationException>(() => MessageCatalogue.Encode(new Opened(new string('x', Envelope.BodyBytesMax), 1))).Message.ShouldContain("at most 262144");

    private static Envelope Arrived(string type, int version, ReadOnlySpan<byte> body) => new()
    {
        Id = Guid.Empty,
        Type = type,
        Version = version,
        Publisher = "test/one",
        Time = DateTimeOffset.UnixEpoch,
        Digest = BodyDigest.Of(body),
        Body = body.ToArray(),
    };
}
