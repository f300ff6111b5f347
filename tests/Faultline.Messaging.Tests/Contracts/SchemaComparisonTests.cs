using System.Text.Json.Nodes;
using Faultline.Messaging.Contracts;
using Faultline.Messaging.Publishing;

namespace Faultline.Messaging.Tests.Contracts;

public sealed class SchemaComparisonTests
{
    private enum Colour
    {
        Red,
        DarkBlue,
    }

    private enum MoreColours
    {
        Red,
        DarkBlue,
        Green,
    }

    private sealed record Line(string Article, decimal Price);

    private sealed record LineWithText(string Article, string Price);

    [Message("shop.placed")]
    private sealed record Placed(Guid Id, string? Note, Colour Colour, IReadOnlyList<Line> Lines, DateTimeOffset At, int Times = 1) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("shop.placed")]
    private sealed record WithOptional(Guid Id, string? Note, Colour Colour, IReadOnlyList<Line> Lines, DateTimeOffset At, int Times = 2, string? Voucher = null) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("shop.placed")]
    private sealed record Gone(Guid Id, Colour Colour, IReadOnlyList<Line> Lines, DateTimeOffset At, int Times = 1) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("shop.placed")]
    private sealed record Renamed(Guid Id, string? Remark, Colour Colour, IReadOnlyList<Line> Lines, DateTimeOffset At, int Times = 1) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("shop.placed")]
    private sealed record Retyped(string Id, string? Note, Colour Colour, IReadOnlyList<LineWithText> Lines, DateTimeOffset At, int Times = 1) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("shop.placed")]
    private sealed record Stricter(Guid Id, string Note, Colour Colour, IReadOnlyList<Line> Lines, DateTimeOffset At, int Times) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("shop.placed")]
    private sealed record NewlyRequired(Guid Id, string? Note, Colour Colour, IReadOnlyList<Line> Lines, DateTimeOffset At, string Voucher, int Times = 1) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("shop.placed")]
    private sealed record MoreValues(Guid Id, string? Note, MoreColours Colour, IReadOnlyList<Line> Lines, DateTimeOffset At, int Times = 1) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Message("shop.node")]
    private sealed record Node(string Name, Node? Next) : IMessage
    {
        string? IMessage.Key => null;
    }

    [Fact]
    public void A_schema_says_what_is_written_and_what_must_be_there()
    {
        JsonObject schema = MessageSchema.Of(typeof(Placed));

        schema["title"]!.GetValue<string>().ShouldBe("shop.placed version 1");
        schema["properties"]!.AsObject().Select(pair => pair.Key).ShouldBe(["id", "note", "colour", "lines", "at", "times"]);
        schema["required"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(["id", "note", "colour", "lines", "at"]);
        schema["properties"]!["colour"]!["enum"]!.ToJsonString().ShouldBe("""["red","dark-blue"]""");
        schema["properties"]!["times"]!["type"]!.GetValue<string>().ShouldBe("integer");
        schema["properties"]!["note"]!["type"]!.ToJsonString().ShouldBe("""["string","null"]""");
    }

    [Fact]
    public void The_same_type_is_compatible_with_itself() => Between<Placed, Placed>().ShouldBeEmpty();

    [Fact]
    public void A_type_that_holds_itself_can_be_compared() => Between<Node, Node>().ShouldBeEmpty();

    [Fact]
    public void A_property_that_need_not_be_there_may_be_added_and_a_default_may_change() => Between<Placed, WithOptional>().ShouldBeEmpty();

    [Fact]
    public void A_property_that_is_gone_is_named() => Between<Placed, Gone>().ShouldBe([new SchemaBreak("note", "is gone")]);

    [Fact]
    public void A_property_with_a_new_name_is_named_with_it() => Between<Placed, Renamed>()
        .ShouldBe([new SchemaBreak("note", "is gone (renamed to 'remark'?)"), new SchemaBreak("remark", "is new and must be there, and bodies without it cannot be read; give it a default value, or make it a part of a new version")]);

    [Fact]
    public void A_property_of_another_type_is_named_also_inside_of_others() => Between<Placed, Retyped>().Select(found => found.Property).Distinct().ShouldBe(["id", "lines[].price"]);

    [Fact]
    public void A_property_that_must_be_there_now_or_may_no_longer_be_null_is_named() => Between<Placed, Stricter>().Select(found => found.Property).ShouldBe(["note", "times"]);

    [Fact]
    public void A_new_property_that_must_be_there_is_named() => Between<Placed, NewlyRequired>().Select(found => found.Property).ShouldBe(["voucher"]);

    [Fact]
    public void A_value_that_old_consumers_cannot_read_is_named() => Between<Placed, MoreValues>().ShouldHaveSingleItem().What.ShouldContain("\"green\" is new");

    [Fact]
    public void A_value_that_is_gone_is_named() => Between<MoreValues, Placed>().ShouldHaveSingleItem().What.ShouldContain("\"green\" is gone");

    private static IReadOnlyList<SchemaBreak> Between<TShipped, TDeclared>() => SchemaComparison.Breaks(MessageSchema.Of(typeof(TShipped)), MessageSchema.Of(typeof(TDeclared)));
}
