using ELearning.Tests;

// The test runner never calls this: it is a host to be killed, started by CrashTests.
return args switch
{
    ["crash", var folder, var postgres, var minutes, var point] => await Crash.RunAsync(folder, postgres, int.Parse(minutes, null), point),
    ["work", var folder, var postgres, var school] => await TwoHosts.WorkUntilKilledAsync(folder, postgres, school),
    _ => 64,
};
