using System.Text;
using System.Text.Json;
using Phoenix.Messages;
using Phoenix.Transactions;
using Xunit;

namespace Phoenix.Tests.Client;

public sealed class ReplyBodyTests
{
    private static readonly TransactionStatus Completed = new() { State = TransactionState.Completed, ReplyJson = "5" };

    [Fact]
    public void bodies_are_written_as_the_wire_contract_shows_them()
    {
        var accepted = new Outcome { CommandId = "c", Status = OutcomeStatus.Accepted, VersionBefore = 4, VersionAfter = 5, ReplyJson = """{"x":1}""" };
        var rejected = new Outcome { CommandId = "c", Status = OutcomeStatus.Rejected, VersionBefore = 4, VersionAfter = 4, Code = "no", Message = "No.", Repeated = true };

        Assert.Equal("""{"status":"accepted","commandId":"c","versionBefore":4,"versionAfter":5,"reply":{"x":1},"repeated":false}""", Text(ReplyBody.Of(accepted)));
        Assert.Equal("""{"status":"rejected","commandId":"c","versionBefore":4,"versionAfter":4,"code":"no","message":"No.","repeated":true}""", Text(ReplyBody.Of(rejected)));
        Assert.Equal("""{"status":"answered","version":5,"answer":[1]}""", Text(ReplyBody.Answered(new(5, "[1]"))));
        Assert.Equal("""{"status":"ended","commandId":"c","state":"completed","reply":5}""", Text(ReplyBody.Ended("c", Completed)));
        Assert.Equal("""{"status":"ended","commandId":"c","state":"compensated","code":"no","message":"No."}""",
            Text(ReplyBody.Ended("c", new() { State = TransactionState.Compensated, Code = "no", Message = "No." })));
        Assert.Equal("""{"status":"ended","commandId":"c","state":"completed","replyLeftOut":true}""", Text(ReplyBody.Ended("c", Completed).Shortened()));
        Assert.Equal("""{"status":"failed","code":"undecodable","message":"Found null."}""", Text(ReplyBody.Failed(ErrorCodes.Undecodable, "Found null.")));
    }

    [Fact]
    public void a_body_survives_the_way_there_and_back()
    {
        var outcome = new Outcome { CommandId = "ö\"", Status = OutcomeStatus.Accepted, VersionBefore = long.MaxValue - 1, VersionAfter = long.MaxValue, ReplyJson = "\"a b\"", Repeated = true };
        Assert.Equal(outcome, ReplyBody.Parse(ReplyBody.Of(outcome).ToUtf8Json()).Outcome);
        Assert.Equal(Completed.ReplyJson, ReplyBody.Parse(ReplyBody.Ended("c", Completed).ToUtf8Json()).End!.ReplyJson);
        Assert.Equal(new QueryAnswer(5, "null"), ReplyBody.Parse(ReplyBody.Answered(new(5, "null")).ToUtf8Json()).Answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"status":"done"}""")]
    [InlineData("""{"status":"accepted","commandId":"c","versionBefore":"4","versionAfter":5}""")]
    [InlineData("""{"status":"accepted","commandId":"c","versionBefore":4.5,"versionAfter":5}""")]
    [InlineData("""{"status":"rejected","commandId":"c","versionBefore":4,"versionAfter":4}""")]
    [InlineData("""{"status":"answered","version":4}""")]
    [InlineData("""{"status":"ended","commandId":"c"}""")]
    [InlineData("""{"status":"ended","commandId":"c","state":"running"}""")]
    [InlineData("""{"status":"failed","code":"x","message":"y"} {}""")]
    [InlineData("""{"status":"failed","code":"x","message":"y" """)]
    public void what_is_no_reply_is_refused(string body) => Assert.ThrowsAny<JsonException>(() => ReplyBody.Parse(Encoding.UTF8.GetBytes(body)));

    private static string Text(ReplyBody body) => Encoding.UTF8.GetString(body.ToUtf8Json());
}
