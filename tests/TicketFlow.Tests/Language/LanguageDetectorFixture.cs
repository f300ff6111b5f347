using TicketFlow.Inquiries.Language;

namespace TicketFlow.Tests.Language;

/// <summary>One detector for all tests of a class: it never changes, and building it takes longer than using it.</summary>
public sealed class LanguageDetectorFixture
{
    internal LanguageDetector Detector { get; } = new();
}
