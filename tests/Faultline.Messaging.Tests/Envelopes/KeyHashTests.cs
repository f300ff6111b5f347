using Faultline.Messaging.Envelopes;

namespace Faultline.Messaging.Tests.Envelopes;

/// <summary>Stored state depends on these values: a change here loses the order of messages that are under way.</summary>
public sealed class KeyHashTests
{
    // Computed by a second implementation, in another language.
    [Theory]
    [InlineData("", 17665956581633026203, 155)]
    [InlineData("a", 198367012849983736, 248)]
    [InlineData("order-1", 17145836837575567827, 467)]
    [InlineData("ticket-42", 6463200906751554332, 796)]
    [InlineData("Größe", 3656002072048574569, 105)]
    [InlineData("🙂", 5429275081309090997, 181)]
    public void Hash_and_slot_of_a_key_never_change(string key, ulong hash, int slot)
    {
        KeyHash.Of(key).ShouldBe(hash);
        KeyHash.SlotOf(key).ShouldBe(slot);
    }

    [Fact]
    public void A_key_longer_than_the_buffer_has_the_same_hash_as_by_definition() => KeyHash.Of(new string('x', 300)).ShouldBe(11771065785070081266UL);

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", 16, 0)]
    [InlineData("019b76da-aaf0-7b0a-8041-06f23d29daf7", 16, 4)]
    [InlineData("019b76da-aaf0-7b0a-8041-06f23d29daf7", 7, 0)]
    public void A_message_without_a_key_is_placed_by_its_id(string id, int partitions, int partition) => KeyHash.PartitionOf(null, Guid.Parse(id), partitions).ShouldBe(partition);

    [Fact]
    public void A_message_with_a_key_is_placed_by_the_key_whatever_its_id() =>
        KeyHash.PartitionOf("order-1", Guid.Parse("019b76da-aaf0-7b0a-8041-06f23d29daf7"), 16).ShouldBe(3);
}
